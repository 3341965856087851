"""The migrations of one server rendered for a cluster of shards and replicas: the same files, nothing written twice."""
