"""Every command: where its function is and its help line. A new command is one line here and one function."""

from salestrack.cli.groups import Entry

ENTRIES: dict[str, Entry] = {
    "log": Entry("log:log", "Record what happened with a customer.", alias="l"),
    "plan": Entry("log:plan", "Record a next step.", alias="p"),
    "done": Entry("log:done", "Mark a planned step as done."),
    "snooze": Entry("activities:snooze", "Keep something out of sight until a day."),
    "sell": Entry("sell:sell", "Record a sale.", alias="s"),
    "refund": Entry("sell:refund", "Give money back for a sale."),
    "move": Entry("moves:move", "Move a deal to another stage."),
    "push": Entry("moves:push", "Expect a deal to close on another day."),
    "won": Entry("moves:won", "Close a deal as won."),
    "lost": Entry("moves:lost", "Close a deal as lost, with the reason."),
    "reopen": Entry("moves:reopen", "Open a closed deal again."),
    "today": Entry("today:today", "Show what matters today.", alias="t"),
    "report": Entry("reports:report", "Show a report; without a name, the week's summary.", alias="r"),
    "find": Entry("find:find", "Find records by any word in them.", alias="f"),
    "show": Entry("show:show", "Show everything about a record."),
    "edit": Entry("edit:edit", "Change records of any kind; without options in your editor."),
    "rm": Entry("removing:rm", "Remove records; undo brings them back."),
    "customer": Entry(
        "",
        "Customers: add, list, edit, merge.",
        {
            "add": Entry("customers:add", "Add a customer."),
            "list": Entry("customers:list_", "List customers."),
            "edit": Entry("edit:customer", "Change customers."),
            "merge": Entry("customers:merge", "Make two customers one; what belongs to them comes along."),
        },
    ),
    "contact": Entry(
        "",
        "People at customers: add, list, edit, merge.",
        {
            "add": Entry("contacts:add", "Add a person at a customer."),
            "list": Entry("contacts:list_", "List people."),
            "edit": Entry("edit:contact", "Change people."),
            "merge": Entry("contacts:merge", "Make two entries of one person one."),
        },
    ),
    "deal": Entry(
        "",
        "Deals: add, list, edit, split, merge.",
        {
            "add": Entry("deals:add", "Open a deal."),
            "list": Entry("deals:list_", "List deals."),
            "edit": Entry("edit:deal", "Change deals as of a day, or correct them from the start."),
            "split": Entry("reshaping:split", "Take a part of a deal out as a deal of its own."),
            "merge": Entry("reshaping:merge", "Make two deals one."),
        },
    ),
    "activity": Entry(
        "",
        "Activities: list, edit.",
        {
            "list": Entry("activities:list_", "List activities."),
            "edit": Entry("edit:activity", "Change activities and planned steps."),
        },
    ),
    "sale": Entry(
        "",
        "Sales: list, edit.",
        {
            "list": Entry("sales:list_", "List sales and refunds, with their tax."),
            "edit": Entry("edit:sale", "Change sales."),
        },
    ),
    "product": Entry(
        "",
        "Products: add, list, edit, rm.",
        {
            "add": Entry("products:add", "Add a product."),
            "list": Entry("products:list_", "List products."),
            "edit": Entry("edit:product", "Change products."),
            "rm": Entry("products:rm", "Take a product off the list; what was sold stays."),
        },
    ),
    "quota": Entry(
        "",
        "Quotas: set, list, edit, rm.",
        {
            "set": Entry("quotas:set_", "Set a target."),
            "list": Entry("quotas:list_", "List targets."),
            "edit": Entry("edit:quota", "Change a target."),
            "rm": Entry("quotas:rm", "Remove a target."),
        },
    ),
    "stage": Entry(
        "",
        "Stages of a pipeline: add, list, edit, rm.",
        {
            "add": Entry("stages:add", "Add a stage."),
            "list": Entry("stages:list_", "List stages."),
            "edit": Entry("stages:edit", "Rename a stage, or change its probability, stale limit or place."),
            "rm": Entry("stages:rm", "Retire a stage; its deals and its place in reports stay."),
        },
    ),
    "pipeline": Entry(
        "",
        "Pipelines: add, list, edit, rm.",
        {
            "add": Entry("pipelines:add", "Add a pipeline with its stages."),
            "list": Entry("pipelines:list_", "List pipelines."),
            "edit": Entry("pipelines:edit", "Rename a pipeline, or change its place."),
            "rm": Entry("pipelines:rm", "Retire a pipeline."),
        },
    ),
    "kind": Entry(
        "",
        "Kinds of activity: add, list, edit, rm.",
        {
            "add": Entry("kinds:add", "Add a kind of activity."),
            "list": Entry("kinds:list_", "List the kinds and their letters."),
            "edit": Entry("kinds:edit", "Rename a kind, or change its letter."),
            "rm": Entry("kinds:rm", "Retire a kind; what was logged stays."),
        },
    ),
    "outcome": Entry(
        "",
        "Outcomes of activities: add, list, rm.",
        {
            "add": Entry("outcomes:add", "Add an outcome, and say as what it counts."),
            "list": Entry("outcomes:list_", "List the outcomes."),
            "rm": Entry("outcomes:rm", "Retire an outcome."),
        },
    ),
    "reason": Entry(
        "",
        "Reasons for losing: add, list, edit, rm.",
        {
            "add": Entry("reasons:add", "Add a reason for losing."),
            "list": Entry("reasons:list_", "List the reasons."),
            "edit": Entry("reasons:edit", "Rename a reason."),
            "rm": Entry("reasons:rm", "Retire a reason; lost deals keep it."),
        },
    ),
    "field": Entry(
        "",
        "Your own fields on records: add, list, edit, rm.",
        {
            "add": Entry("fields:add", "Add a field to a kind of record."),
            "list": Entry("fields:list_", "List the fields."),
            "edit": Entry("fields:edit", "Rename a field, or change its choices."),
            "rm": Entry("fields:rm", "Retire a field; its values stay."),
        },
    ),
    "tag": Entry(
        "",
        "Tags: list, edit, rm.",
        {
            "list": Entry("tags:list_", "List the tags, and on how much they stand."),
            "edit": Entry("tags:edit", "Rename a tag; one that exists already takes it in."),
            "rm": Entry("tags:rm", "Take a tag off everything."),
        },
    ),
    "owner": Entry(
        "",
        "People who sell: add, list, edit, rm.",
        {
            "add": Entry("owners:add", "Add a person who sells."),
            "list": Entry("owners:list_", "List the people who sell."),
            "edit": Entry("owners:edit", "Rename a person, or make them the book's default."),
            "rm": Entry("owners:rm", "Retire a person; what is theirs stays, or goes to another."),
        },
    ),
    "rate": Entry(
        "",
        "Exchange rates: set, list, rm.",
        {
            "set": Entry("rates:set_", "Say what a currency is worth from a day on."),
            "list": Entry("rates:list_", "List the rates."),
            "rm": Entry("rates:rm", "Remove a rate."),
        },
    ),
    "days-off": Entry(
        "",
        "Days on which nobody works: add, list, rm, holidays.",
        {
            "add": Entry("days_off:add", "Add days off."),
            "list": Entry("days_off:list_", "List days off."),
            "rm": Entry("days_off:rm", "Remove days off."),
            "holidays": Entry("days_off:holidays", "Add the public holidays of a country."),
        },
    ),
    "follow-up": Entry(
        "",
        "Next steps that follow by themselves: add, list, rm.",
        {
            "add": Entry("follow_ups:add", "Add a rule: after this, plan that."),
            "list": Entry("follow_ups:list_", "List the rules."),
            "rm": Entry("follow_ups:rm", "Remove a rule."),
        },
    ),
    "score": Entry(
        "",
        "Points of the lead score: add, list, rm.",
        {
            "add": Entry("scores:add", "Give points for a field's value, or for an activity."),
            "list": Entry("scores:list_", "List what gives points."),
            "rm": Entry("scores:rm", "Take a rule away."),
        },
    ),
    "import": Entry(
        "imports:import_",
        "Bring in files: CSV of any vendor, mail, calendars, a book.",
        {
            "list": Entry("importing:list_", "List the imports, and what became of their rows."),
            "undo": Entry("importing:undo", "Take an import back."),
        },
    ),
    "profile": Entry(
        "",
        "How vendors' files are read: list, show, save, rm.",
        {
            "list": Entry("profiles:list_", "List the profiles."),
            "show": Entry("profiles:show", "Say in words what a profile reads, leaves out and counts."),
            "save": Entry("profiles:save", "Keep a profile of yours from a file."),
            "rm": Entry("profiles:rm", "Remove a profile of yours."),
        },
    ),
    "export": Entry("exporting:export", "Take data out: one kind of record, one customer's, or all of it."),
    "undo": Entry("safety:undo", "Take back your last command, or the one named."),
    "redo": Entry("safety:redo", "Put back what was undone."),
    "history": Entry("safety:history", "Show what was done, in sentences."),
    "backup": Entry("safety:backup", "Write a checked copy of the book."),
    "doctor": Entry("doctor:doctor", "Look for what is wrong in the book, and mend what is safe to mend."),
    "sql": Entry("safety:sql", "Ask the book in SQL, read-only."),
    "init": Entry("setup:init", "Make a new book."),
    "demo": Entry("setup:demo", "Make a throw-away book with sample data."),
    "config": Entry(
        "",
        "Settings of the book, and yours: list, get, set, unset, edit, check.",
        {
            "list": Entry("configuring:list_", "List every setting, and where its value comes from."),
            "get": Entry("configuring:get", "Print one setting."),
            "set": Entry("configuring:set_", "Change a setting."),
            "unset": Entry("configuring:unset", "Take a setting out, so that its default holds."),
            "edit": Entry("configuring:edit", "Open your config file in your editor."),
            "check": Entry("configuring:check", "Check your config file and the environment."),
        },
    ),
    "completion": Entry("completing:completion", "Print the script that completes commands in your shell."),
    "path": Entry("setup:path", "Show where the book and the config file are."),
}

SECTIONS: dict[str, tuple[str, ...]] = {
    "Record": ("log", "plan", "done", "snooze", "sell", "refund", "move", "push", "won", "lost", "reopen"),
    "Look": ("today", "report", "find", "show"),
    "Manage": ("customer", "contact", "deal", "activity", "sale", "product", "quota", "edit", "rm"),
    "Your own process": (
        "stage", "pipeline", "kind", "outcome", "reason", "field", "tag", "owner", "rate", "days-off", "follow-up",
        "score",
    ),
    "Data": ("import", "profile", "export",),
    "Safety": ("undo", "redo", "history", "backup", "doctor", "sql"),
    "Set up": ("init", "demo", "config", "completion", "path"),
}  # fmt: skip
