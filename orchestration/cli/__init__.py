"""The command line: a module for each group of commands, and what they print. What a command does belongs to
`assets`; how a run is carried out belongs to `orchestration` itself.
"""
