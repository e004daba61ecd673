"""CORDIS's archives: its CSV and XML editions, the zips around them, and its broken habit of quoting."""
