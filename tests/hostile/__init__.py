"""What the store, the gateway and the services do when machine, disk or people misbehave."""
