"""Every command: where its function is and its help line. A new command is one line here and one function."""

from salestrack.cli.groups import Entry

ENTRIES: dict[str, Entry] = {
    "log": Entry("log:log", "Record what happened with a customer.", alias="l"),
    "plan": Entry("log:plan", "Record a next step.", alias="p"),
    "done": Entry("log:done", "Mark a planned step as done."),
    "sell": Entry("sell:sell", "Record a sale.", alias="s"),
    "refund": Entry("sell:refund", "Give money back for a sale."),
    "move": Entry("moves:move", "Move a deal to another stage."),
    "push": Entry("moves:push", "Expect a deal to close on another day."),
    "won": Entry("moves:won", "Close a deal as won."),
    "lost": Entry("moves:lost", "Close a deal as lost, with the reason."),
    "reopen": Entry("moves:reopen", "Open a closed deal again."),
    "today": Entry("today:today", "Show what matters today.", alias="t"),
    "report": Entry("reports:report", "Show a report; without a name, the week's summary.", alias="r"),
    "show": Entry("show:show", "Show everything about a record."),
    "customer": Entry(
        "",
        "Customers: add, list.",
        {
            "add": Entry("customers:add", "Add a customer."),
            "list": Entry("customers:list_", "List customers."),
        },
    ),
    "deal": Entry(
        "",
        "Deals: add, list, edit.",
        {
            "add": Entry("deals:add", "Open a deal."),
            "list": Entry("deals:list_", "List deals."),
            "edit": Entry("deals:edit", "Change a deal, or correct it from the start."),
        },
    ),
    "activity": Entry("", "Activities: list.", {"list": Entry("activities:list_", "List activities.")}),
    "sale": Entry("", "Sales: list.", {"list": Entry("sales:list_", "List sales and refunds.")}),
    "product": Entry(
        "",
        "Products: add, list.",
        {
            "add": Entry("products:add", "Add a product."),
            "list": Entry("products:list_", "List products."),
        },
    ),
    "quota": Entry(
        "",
        "Quotas: set, list, rm.",
        {
            "set": Entry("quotas:set_", "Set a target."),
            "list": Entry("quotas:list_", "List targets."),
            "rm": Entry("quotas:rm", "Remove a target."),
        },
    ),
    "stage": Entry(
        "",
        "Stages of the pipeline: add, list, edit.",
        {
            "add": Entry("stages:add", "Add a stage."),
            "list": Entry("stages:list_", "List stages."),
            "edit": Entry("stages:edit", "Rename a stage, or change its probability or place."),
        },
    ),
    "import": Entry("imports:import_", "Bring in a CSV file."),
    "undo": Entry("safety:undo", "Take back your last command, or the one named."),
    "redo": Entry("safety:redo", "Put back what was undone."),
    "history": Entry("safety:history", "Show what was done, in sentences."),
    "backup": Entry("safety:backup", "Write a checked copy of the book."),
    "sql": Entry("safety:sql", "Ask the book in SQL, read-only."),
    "init": Entry("setup:init", "Make a new book."),
    "demo": Entry("setup:demo", "Make a throw-away book with sample data."),
    "path": Entry("setup:path", "Show where the book and the config file are."),
}

SECTIONS: dict[str, tuple[str, ...]] = {
    "Record": ("log", "plan", "done", "sell", "refund", "move", "push", "won", "lost", "reopen"),
    "Look": ("today", "report", "show"),
    "Manage": ("customer", "deal", "activity", "sale", "product", "quota", "stage"),
    "Data": ("import",),
    "Safety": ("undo", "redo", "history", "backup", "sql"),
    "Set up": ("init", "demo", "path"),
}
