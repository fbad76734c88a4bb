"""Mail that must go out once: written with the change it belongs to, sent later, each with its own entry."""
