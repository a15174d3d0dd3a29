"""The grammar of written directions: `directions` reads one, the other modules are its parts."""
