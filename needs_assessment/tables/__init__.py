"""Reading and checking any table: files, encodings, schemas, personal data."""
