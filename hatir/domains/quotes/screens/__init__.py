"""The screens of the room: the page of a quote, what its buttons do, the customer's page."""
