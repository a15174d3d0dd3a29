"""What drugs are called: `reading` reads a name, the other modules tell what its words can mean."""
