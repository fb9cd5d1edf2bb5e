"""Exports with German, French and Spanish headers and values are recognised like the English ones."""

import pytest

DEALS = (
    "SELECT d.title, s.name, d.amount, d.created_on, d.closed_on, o.name, c.name FROM deals d "
    "JOIN stages s ON s.id = d.stage_id LEFT JOIN owners o ON o.id = d.owner_id "
    "LEFT JOIN customers c ON c.id = d.customer_id ORDER BY d.id"
)
HUBSPOT = {
    "German": (
        ("Datensatz-ID,Deal-Name,Deal-Phase,Pipeline,Betrag,Abschlussdatum,Erstellungsdatum,"
        "Zuständiger Mitarbeiter für Deal,Associated Company (Primary)"),
        "Abgeschlossen und gewonnen", "Abgeschlossen und verloren", "Sales-Pipeline",
    ),
    "French": (
        ("ID de fiche d'informations,Nom de la transaction,Phase de la transaction,Pipeline,Montant,Date de fermeture,"
        "Date de création,Propriétaire de la transaction,Associated Company (Primary)"),
        "Fermé gagné", "Fermé perdu", "default",
    ),
    "Spanish": (
        ("ID de registro,Nombre del negocio,Etapa del negocio,Pipeline,Valor,Fecha de cierre,Fecha de creación,"
        "Propietario del negocio,Associated Company (Primary)"),
        "Cierre ganado", "Cierre perdido", "Sales Pipeline",
    ),
}  # fmt: skip
PIPEDRIVE = {
    "German": (
        ("Deal - ID,Deal - Titel,Deal - Besitzer,Deal - Wert,Deal - Organisation,Deal - Phase,Deal - Status,"
        "Deal - Deal erstellt,Deal - Datum des gewonnenen Deals,Deal - Datum des verlorenen Deals,Deal - Verlustgrund"),
        "Gewonnen", "Verloren", "Offen",
    ),
    "French": (
        ("Affaire - ID,Affaire - Titre,Affaire - Propriétaire,Affaire - Valeur,Affaire - Organisation,Affaire - Étape,"
        "Affaire - Statut,Affaire - Affaire créée,Affaire - Date de gain,Affaire - Date de perte,Affaire - Raison de la perte"),
        "Gagnée", "Perdue", "En cours",
    ),
    "Spanish": (
        ("Negocio - ID,Negocio - Título,Negocio - Propietario,Negocio - Valor,Negocio - Organización,Negocio - Etapa,"
        "Negocio - Estado,Negocio - Negocio creado,Negocio - Fecha de ganado,Negocio - Fecha de perdido,Negocio - Motivo de pérdida"),
        "Ganado", "Perdido", "Abierto",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", HUBSPOT)
def test_hubspot_deals_with_localised_headers(run, rows, language):
    header, won, lost, pipeline = HUBSPOT[language]
    text = (
        f"{header}\n1,Alpha,{won},{pipeline},25000.50,2024-05-31 17:12,2024-03-04 09:05,Mia Berg,Weber GmbH\n"
        f"2,Beta,{lost},{pipeline},4800,2024-06-03 08:00,2024-05-01 12:00,,Linde\n"
    )
    said = run("import -", stdin=text, ok=True)

    assert "2 deals read as hubspot-deals · 2 new" in said.stdout
    assert rows(DEALS) == [
        ["Alpha", "Won", "2500050", "2024-03-04", "2024-05-31", "Mia Berg", "Weber GmbH"],
        ["Beta", "Lost", "480000", "2024-05-01", "2024-06-03", "", "Linde"],
    ]
    assert "0 new, 0 changed, 2 same" in run("import -", stdin=text, ok=True).stdout


@pytest.mark.parametrize("language", PIPEDRIVE)
def test_pipedrive_deals_with_localised_headers(run, rows, language):
    header, won, lost, still_open = PIPEDRIVE[language]
    text = (
        f"{header}\n1,Alpha,Mia,100,Weber,Lead,{won},2025-01-15 09:00:00,2025-02-28 14:00:00,,\n"
        f"2,Beta,Mia,200,Weber,Lead,{lost},2025-01-15 09:00:00,,2025-03-01 14:00:00,Preis\n"
        f"3,Gamma,Mia,300,Weber,Qualified,{still_open},2025-01-15 09:00:00,,,\n"
    )
    said = run("import -", stdin=text, ok=True)

    assert "3 deals read as pipedrive-deals · 3 new" in said.stdout
    assert [row[:5] for row in rows(DEALS)] == [
        ["Alpha", "Won", "10000", "2025-01-15", "2025-02-28"], ["Beta", "Lost", "20000", "2025-01-15", "2025-03-01"],
        ["Gamma", "Qualified", "30000", "2025-01-15", ""],
    ]  # fmt: skip


def test_people_and_companies_with_localised_headers(run, rows):
    pipedrive = "Person - ID,Person - Name,Person - Organisation,Person - E-Mail-Adresse - Büro,Person - Telefon - Mobil\n1,Jan Ott,Weber,jan@weber.example,0170 1234567\n"
    hubspot = (
        "ID de fiche d'informations,Prénom,Nom,E-mail,Numéro de téléphone\n5,Zoé,Durand,zoe@durand.example,0102030405\n"
    )
    company = (
        "ID de fiche d'informations,Nom de l'entreprise,Secteur d'activité,Pays/Région\n9,Durand SAS,Énergie,France\n"
    )

    assert "read as pipedrive-persons" in run("import -", stdin=pipedrive, ok=True).stdout
    assert "read as hubspot-contacts" in run("import -", stdin=hubspot, ok=True).stdout
    assert "read as hubspot-companies" in run("import -", stdin=company, ok=True).stdout
    assert rows("SELECT name, email, phone FROM contacts ORDER BY id") == [
        ["Jan Ott", "jan@weber.example", "0170 1234567"], ["Zoé Durand", "zoe@durand.example", "0102030405"],
    ]  # fmt: skip
    assert rows("SELECT name, segment, country FROM customers WHERE segment IS NOT NULL") == [
        ["Durand SAS", "Énergie", "France"]
    ]


def test_an_older_woocommerce_export_calls_net_sales_revenue(run, rows):
    text = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue\n2026-01-15 10:22:31,7,$12.00,completed,Ann,new,1× Tee,1,,12\n"

    assert "read as woocommerce-orders" in run("import -", stdin=text, ok=True).stdout
    assert rows("SELECT amount FROM sales") == [["1200"]]


def test_a_shops_day_is_the_one_that_the_shop_wrote(run, rows):
    text = (
        "Name,Financial Status,Paid at,Taxes,Total,Lineitem quantity,Lineitem name,Lineitem price\n"
        "#1,paid,2026-02-28 23:50:00 -0800,0,5,1,Mug,5\n#2,paid,2026-03-01 00:10:00 +1300,0,5,1,Mug,5\n"
    )
    run("import -", stdin=text, ok=True)

    assert rows("SELECT on_date FROM sales ORDER BY id") == [["2026-02-28"], ["2026-03-01"]]


def test_a_payment_that_is_not_captured_yet_is_left_out(run):
    text = "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status\n" + "".join(
        f"py_{n},2026-03-01 10:00:00,5.00,0.00,usd,true,{status}\n"
        for n, status in enumerate(["Paid", "requires_capture", "Uncaptured", "processing"])
    )
    said = run("import -", stdin=text, ok=True).stdout

    assert "1 new" in said
    assert "left out, not captured yet: no money came in: 3" in said
