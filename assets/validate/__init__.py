"""Stage 3, frame to `Report`: a table is checked against its Table Schema. Nothing is changed here."""
