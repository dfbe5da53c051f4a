"""Who is who, and which messages belong together: employers, contacts, positions, candidacies."""
