"""The HTTP client and what it needs: connections, limits, headers, bodies, files that come in. What is asked
of a provider belongs to `connectors`.
"""
