"""The verbs of the room."""

from hatir.domains.quotes.actions.answering import (
    Answer,
    accept_quote,
    ask,
    choose_options,
    customer_actor,
    decline_quote,
    note_sighting,
)
from hatir.domains.quotes.actions.errors import NoLines, NoLongerOpen, NotThatWay, NotYours
from hatir.domains.quotes.actions.lines import (
    SheetRow,
    create_quote_lines,
    remove_lines,
    save_sheet,
    take_over_prices,
    update_quote_lines,
)
from hatir.domains.quotes.actions.moving import (
    approve_quote,
    expire_quote,
    make_link,
    new_version,
    refuse_quote,
    renew_link,
    revoke_link,
    send_quote,
    take_back,
)
from hatir.domains.quotes.actions.quotes import create_quotes, update_quotes
from hatir.domains.quotes.actions.reckoning import reckon_quotes

__all__ = [
    "Answer", "NoLines", "NoLongerOpen", "NotThatWay", "NotYours", "SheetRow", "accept_quote", "approve_quote", "ask",
    "choose_options", "create_quote_lines", "create_quotes", "customer_actor", "decline_quote", "expire_quote",
    "make_link", "new_version", "note_sighting", "reckon_quotes", "refuse_quote", "remove_lines", "renew_link",
    "revoke_link", "save_sheet", "send_quote", "take_back", "take_over_prices", "update_quote_lines", "update_quotes",
]  # fmt: skip
