"""The packages of a published tree as datasets of a CKAN portal, by its action API.

`dictionaries` says what a dataset is called there, `changes` which calls bring the portal up to it, `portal`
makes them, `push` goes through the datasets. What a package holds belongs to the stages before.
"""
