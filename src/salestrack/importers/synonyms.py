"""Which headers mean which field. Only the words of the header count, never what stands below it.

Each entry is compared by its folded key (case, punctuation and spacing set aside); of several that a file has, the
first of the list wins. A field's own name always means itself.
"""

from functools import cache

from salestrack.domain.names import fold

_CUSTOMER = (
    "customer name|account|account name|company|company name|client|client name|organization|organisation|"
    "organization name|associated company|buyer|billing company|kunde|kundenname|firma|firmenname|unternehmen|"
    "client|société|entreprise|cliente|empresa|compañía|azienda|società|klant|bedrijf|kund|företag|klient|"
    "accountname|käufer|debitor|acheteur|comprador|acquirente"
)
_OWNER = (
    "owner name|sales agent|sales rep|sales person|salesperson|seller|assigned to|assigned to user|"
    "assigned user|account owner|account manager|rep|agent|employee|besitzer|zuständig|verantwortlich|"
    "verkäufer|betreuer|vertriebsmitarbeiter|propriétaire|commercial|vendeur|responsable|propietario|vendedor|"
    "comercial|venditore|commerciale|proprietario|verkoper|account executive|sales owner|verantwortlicher|"
    "zuständiger mitarbeiter|opportunity inhaber"
)
_PRODUCT = (
    "product name|item|item name|article|lineitem name|sku name|produkt|produktname|artikel|produit|article|"
    "producto|artículo|prodotto|articolo|produto"
)
_CURRENCY = "currency code|ccy|iso currency|currency iso code|währung|devise|monnaie|moneda|divisa|valuta|moeda"
_NOTE = (
    "notes|comment|comments|remark|remarks|notiz|notizen|bemerkung|kommentar|remarque|commentaire|nota|notas|"
    "note|opmerking"
)
_TAGS = "tag|labels|label|etikett|etiketten|schlagwort|schlagworte|étiquettes|etiqueta|etiquetas|etichette"
_EMAIL = (
    "e mail|email address|e mail address|mail|customer email|billing email|adresse e mail|correo|"
    "correo electrónico|posta"
)
_PHONE = "phone number|telephone|tel|mobile|telefon|telefonnummer|téléphone|teléfono|telefono|telefoon|telefone"
_QUANTITY = "qty|units|pieces|count|lineitem quantity|menge|anzahl|stück|quantité|cantidad|quantità|aantal|quantidade"
_SOURCE = "lead source|original source|origin|quelle|herkunft|origine|fuente|origen|fonte|bron"
_CONTACT = (
    "contact name|contact person|person|person name|associated contact|ansprechpartner|kontakt|contacto|"
    "contatto|contactpersoon"
)
_PRICE = (
    "unit price|list price|sales price|price each|lineitem price|preis|stückpreis|einzelpreis|prix|"
    "prix unitaire|precio|prezzo|prijs|preço"
)

_SYNONYMS: dict[str, dict[str, str]] = {
    "deals": {
        "id": "deal id|opportunity id|record id|opportunity number|external id|vorgangsnummer|identifiant|"
        "identificador",
        "title": "deal name|deal title|deal|opportunity|opportunity name|name|subject|titel|bezeichnung|titre|"
        "intitulé|título|titolo",
        "customer": _CUSTOMER,
        "contact": _CONTACT,
        "owner": f"deal owner|opportunity owner|{_OWNER}",
        "product": _PRODUCT,
        "quantity": _QUANTITY,
        "stage": "deal stage|stage name|opportunity stage|phase|status|verkaufsphase|étape|statut|etapa|fase|"
        "estado|stadium|sales stage|pipeline stage|deal phase|vertriebsphase|deal status|opportunity status",
        "pipeline": "deal pipeline|pipeline name|funnel|vertriebspipeline|embudo",
        "amount": "close value|deal value|deal amount|value|net amount|amount net|betrag|wert|auftragswert|"
        "nettobetrag|montant|valeur|importe|valor|importo|valore|bedrag|waarde|worth|deal worth|deal size",
        "currency": f"deal currency|currency of value|{_CURRENCY}",
        "probability": "probability percent|chance|win probability|wahrscheinlichkeit|probabilité|probabilidad|"
        "probabilità|kans",
        "created": "create date|created date|created at|creation date|created on|deal created|date created|"
        "open date|opened|erstellt|erstellt am|erstelldatum|angelegt am|date de création|créé le|"
        "fecha de creación|creado|data di creazione|aangemaakt|erstellungsdatum|anlagedatum|aanmaakdatum",
        "expected": "expected close|expected close date|forecast close|expected closing|erwarteter abschluss|"
        "voraussichtlicher abschluss|clôture prévue|cierre previsto|fecha de cierre prevista|"
        "chiusura prevista|voraussichtliches abschlussdatum|date de clôture prévue",
        "closed": "close date|closed date|closing date|closed at|closed on|date closed|deal closed on|"
        "abschlussdatum|abgeschlossen am|geschlossen am|date de clôture|date de fermeture|"
        "fecha de cierre|data di chiusura|sluitdatum|schlusstermin|date de fermeture|close|won date|won on|gewonnen am",
        "lost_reason": "lost reason|loss reason|reason lost|closed lost reason|verlustgrund|raison de perte|"
        "motif de perte|motivo de pérdida|motivo della perdita",
        "source": _SOURCE,
        "campaign": "campaign name|campaign source|kampagne|campagne|campaña|campagna|campanha",
        "tags": _TAGS,
        "note": f"description|next step|{_NOTE}",
    },
    "history": {
        "id": "history id|record id",
        "deal": "deal id|opportunity id|opportunity|deal name|deal title",
        "on": "date|changed on|changed at|change date|created date|from|datum|fecha|data",
        "stage": "deal stage|stage name|to stage|opportunity stage|phase|status|étape|etapa|fase",
        "amount": "deal amount|deal value|value|betrag|wert|montant|importe|importo",
        "currency": _CURRENCY,
        "probability": "probability percent|chance|win probability|wahrscheinlichkeit",
        "expected": "expected close|expected close date|close date",
        "owner": f"deal owner|opportunity owner|{_OWNER}",
    },
    "sales": {
        "id": "sale id|order id|order number|order no|order|invoice id|invoice number|invoice no|"
        "transaction id|record id|bestellnummer|rechnungsnummer|belegnummer|numéro de commande|"
        "numéro de facture|número de pedido|número de factura",
        "date": "order date|sale date|sold on|paid at|invoice date|transaction date|created at|payment date|"
        "date paid|paid on|date paid utc|created date|create date|date created|created on|created|created utc|"
        "created date utc|created at utc|paid at utc|date utc|processed at|datum|"
        "bestelldatum|rechnungsdatum|verkaufsdatum|belegdatum|buchungsdatum|factuurdatum|date de facture|"
        "fecha de factura|data fattura|date de vente|date de commande|fecha|fecha de venta|"
        "data|data di vendita",
        "customer": f"billing name|{_CUSTOMER}",
        "email": _EMAIL,
        "product": _PRODUCT,
        "quantity": _QUANTITY,
        "price": _PRICE,
        "discount": "discounts|discount amount|rabatt|nachlass|remise|descuento|sconto|korting|desconto",
        "amount": "net|net amount|net sales|net total|amount net|subtotal|net revenue|revenue|netto|"
        "nettobetrag|umsatz|betrag|montant|montant ht|total ht|importe|importe neto|importo|bedrag|nettoumsatz|"
        "chiffre d affaires|ventas|omzet",
        "tax": "taxes|vat|sales tax|tax amount|vat amount|mwst|ust|mehrwertsteuer|umsatzsteuer|steuer|tva|taxe|"
        "iva|impuesto|btw",
        "gross": "gross amount|gross sales|total|grand total|total amount|amount gross|brutto|bruttobetrag|"
        "gesamtbetrag|summe|total ttc|montant ttc|total bruto|totale|totaal",
        "fee": "fees|processing fee|transaction fee|gebühr|gebühren|frais|comisión|commissione",
        "cost": "costs|cost of goods|cogs|unit cost|kosten|einkaufspreis|coût|coste|costo",
        "currency": _CURRENCY,
        "channel": "sales channel|shop|store|kanal|vertriebskanal|canal|canale|kanaal",
        "ref": "reference|po number|invoice reference|referenz|belegnr|référence|referencia|riferimento",
        "owner": _OWNER,
        "deal": "deal id|opportunity id|opportunity",
        "refund_of": "refund for|refunds|refunded order|refunded sale|erstattung von|remboursement de|reembolso de",
        "tags": _TAGS,
        "note": f"memo|{_NOTE}",
    },
    "activities": {
        "id": "activity id|record id|task id|event id",
        "date": "activity date|happened on|completed on|done on|completed at|completed date|completion date|done at|done date|"
        "marked as done time|call date|meeting date|logged on|logged at|datum|date de l activité|fecha|data",
        "time": "activity time|start time|uhrzeit|zeit|heure|hora|ora",
        "kind": "type|activity type|task type|art|aktivitätstyp|typ|type d activité|tipo|soort",
        "customer": _CUSTOMER,
        "contact": _CONTACT,
        "email": f"person email|{_EMAIL}",
        "phone": _PHONE,
        "deal": "deal id|opportunity id|associated deal",
        "owner": f"activity assigned to|{_OWNER}",
        "duration": "length|minutes|dauer|durée|duración|durata|duur",
        "direction": "call direction|inbound outbound|richtung|sens|dirección|direzione|richting",
        "outcome": "call outcome|result|disposition|ergebnis|résultat|resultado|risultato|resultaat",
        "due": "due date|due on|deadline|fällig|fällig am|fälligkeitsdatum|échéance|date d échéance|"
        "vencimiento|scadenza",
        "done": "completed|is done|done yes no|marked as done|status|erledigt|terminé|fait|hecho|completado|fatto|gedaan",
        "note": f"subject|body|description|{_NOTE}",
        "tags": _TAGS,
    },
    "customers": {
        "id": "customer id|account id|company id|organization id|record id|client id|kundennummer|kunden nr|"
        "numéro client",
        "name": _CUSTOMER.removeprefix("customer name|") + "|customer|customer name|full name|nom|nombre|nome|naam",
        "alias": "aliases|short name|also known as|kurzname|kürzel|abréviation|nombre corto",
        "kind": "type|customer type|account type|kundentyp|kundenart|tipo",
        "email": _EMAIL,
        "phone": _PHONE,
        "segment": "sector|industry|branche|segmento|secteur|sector|settore|kundensegment",
        "country": "country region|office location|billing country|land|pays|país|paese",
        "source": _SOURCE,
        "owner": f"company owner|{_OWNER}",
        "tags": _TAGS,
        "note": f"description|{_NOTE}",
    },
    "contacts": {
        "id": "contact id|person id|record id",
        "name": f"full name|{_CONTACT}|nom|nombre|nome|naam",
        "customer": _CUSTOMER,
        "email": f"person email|work email|{_EMAIL}",
        "phone": f"work phone|{_PHONE}",
        "role": "job title|title|position|function|funktion|fonction|cargo|ruolo|functie",
        "note": f"description|{_NOTE}",
    },
    "products": {
        "id": "product id|item id|record id|artikel id",
        "name": f"product|title|{_PRODUCT}|bezeichnung|nom|nombre|nome",
        "sku": "article number|item number|product code|code|artikelnummer|artikel nr|référence|código|codice",
        "price": f"{_PRICE}|amount|value",
        "currency": _CURRENCY,
    },
    "quotas": {
        "id": "quota id|record id",
        "owner": _OWNER,
        "channel": "sales channel|kanal|vertriebskanal|canal|canale",
        "metric": "measure|kennzahl|indicateur|métrica|metrica",
        "period": "month|quarter|year|zeitraum|monat|quartal|période|mois|periodo|mes|mese|periode",
        "target": "quota|goal|amount|value|ziel|zielwert|vorgabe|objectif|objetivo|obiettivo|doel",
        "currency": _CURRENCY,
    },
}


@cache
def synonyms(kind: str) -> dict[str, tuple[str, ...]]:
    """Return, for each field of a kind, the folded headers that mean it, the likeliest first."""
    table = _SYNONYMS[kind]
    return {
        field: tuple(dict.fromkeys((fold(field), *(fold(word) for word in words.split("|")))))
        for field, words in table.items()
    }
