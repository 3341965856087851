"""A real Apache Kafka on this machine: jars from Maven, one KRaft node on loopback, and the topics we need."""
