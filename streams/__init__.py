"""Raw topics to landing log: Faust worker, its windows and rules, and the HTTP gateway."""
