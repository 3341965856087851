"""Raw topics to landing log: Faust worker, its windows and rules, the HTTP gateway, and a kiosk's client of it."""
