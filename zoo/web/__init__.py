"""The demo in a browser: `faceaging demo --web`. What is done with a photo is in `photos`, the page
in `page`, the server in `serving`.
"""
