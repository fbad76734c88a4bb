"""The pages: HTML for people, drawn from templates/ and app/static/."""
