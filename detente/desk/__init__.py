"""What an analyst has open all day, and what another program talks to: pages and a JSON API.

`app.create_app` makes the application, `room.Desk` is what its parts share, `security` lets in and
keeps out. Pages stand in `desk.pages`, the API in `desk.api`; neither reaches into the other.
"""
