"""E-mail addresses: who shares a domain because they share a company, and which senders are no people."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from salestrack.domain.names import LONGEST_NAME, email_key

# Whoever has an address here shares the domain with strangers.
_FREE = """
    126.com 139.com 163.com 189.cn abv.bg alice.it aol.com aol.de arcor.de att.net bellsouth.net bigpond.com
    bigpond.net.au blueyonder.co.uk bluewin.ch bol.com.br btinternet.com btopenworld.com centrum.cz charter.net
    comcast.net cox.net daum.net duck.com earthlink.net email.cz email.de fastmail.com fastmail.fm foxmail.com free.fr
    freenet.de freemail.hu frontier.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net gmx.org googlemail.com
    hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.ch hotmail.co.jp hotmail.co.uk hotmail.com
    hotmail.com.ar hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.se hushmail.com
    icloud.com ig.com.br inbox.com inbox.lv inbox.ru interia.pl juno.com kpnmail.nl laposte.net libero.it list.ru
    live.at live.be live.ca live.co.uk live.com live.com.au live.com.mx live.de live.dk live.fr live.it live.nl
    live.no live.se mac.com mail.bg mail.com mail.de mail.ee mail.ru mailbox.org marketplace.amazon.ca
    marketplace.amazon.co.uk marketplace.amazon.com marketplace.amazon.de marketplace.amazon.es marketplace.amazon.fr
    marketplace.amazon.it marketplace.amazon.nl me.com members.ebay.com mozmail.com msn.com mweb.co.za naver.com
    neuf.fr ntlworld.com o2.co.uk o2.pl online.de onet.pl op.pl optonline.net optusnet.com.au orange.fr outlook.at
    outlook.co.uk outlook.com outlook.com.au outlook.com.br outlook.de outlook.dk outlook.es outlook.fr outlook.ie
    outlook.it outlook.jp outlook.pt passport.com pm.me posteo.de posteo.net privaterelay.appleid.com proton.me
    protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com runbox.com sapo.pt
    sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be sohu.com spymac.com sympatico.ca
    t-online.de talktalk.net telenet.be telia.com telus.net terra.com.br tin.it tiscali.co.uk tiscali.it tutanota.com
    tutanota.de tuta.io ukr.net uol.com.br verizon.net videotron.ca virgilio.it virgin.net virginmedia.com walla.co.il
    wanadoo.fr web.de wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.nz
    yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.hk yahoo.com.mx yahoo.com.ph yahoo.com.sg
    yahoo.com.tr yahoo.com.tw yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in yahoo.it yahoo.no
    yahoo.pl yahoo.ro yahoo.se yandex.com yandex.ru yeah.net ymail.com ziggo.nl zoho.com
"""
FREE_MAIL = frozenset(_FREE.split())
_MACHINES = re.compile(
    r"(no-?_?reply|do-?not-?_?reply|mailer-daemon|postmaster|bounces?|notifications?|newsletter|auto-?confirm|"
    r"listserv|majordomo|abuse|nobody)([+._-].*)?|.*[-+._]?(no-?reply|bounces?)"
)
_ADDRESS = re.compile(r"[^\s@<>,;:\"]{1,100}@[^\s@<>,;:\"]{1,150}")


class Person(NamedTuple):
    """Somebody who wrote or was written to: the address as it is compared, and the name beside it, perhaps empty."""

    address: str
    name: str = ""

    @property
    def label(self) -> str:
        """Return name and address as mail programs show them."""
        return f"{self.name} <{self.address}>" if self.name else self.address


class Mine(NamedTuple):
    """The addresses of the person whose mail it is, and the domains of their company."""

    addresses: frozenset[str]
    domains: frozenset[str]

    def is_me(self, address: str) -> bool:
        """Say whether an address is one of the person's own."""
        return address in self.addresses or untagged(address) in self.addresses

    def is_us(self, address: str) -> bool:
        """Say whether an address is the person's own or a colleague's."""
        return self.is_me(address) or domain_of(address) in self.domains


def mine(addresses: Iterable[str]) -> Mine:
    """Return whose mail it is; a domain of free mail makes nobody a colleague."""
    keys = frozenset(email_key(address) for address in addresses)
    domains = {domain_of(key) for key in keys}
    return Mine(keys, frozenset(domain for domain in domains if domain and not is_free(domain)))


def untagged(address: str) -> str:
    """Return an address without what its owner put behind a plus sign: me+shop@x is me@x."""
    name, at, domain = address.rpartition("@")
    bare = name.partition("+")[0]
    return f"{bare}{at}{domain}" if bare else address


def is_address(text: str) -> bool:
    """Say whether a text is one e-mail address."""
    return bool(_ADDRESS.fullmatch(text.strip()))


def domain_of(address: str) -> str:
    """Return what stands behind the @ of an address as it is compared; empty without one."""
    return address.rpartition("@")[2].strip(". ") if "@" in address else ""


def is_free(domain: str) -> bool:
    """Say whether people who have nothing to do with each other have addresses at a domain."""
    return domain in FREE_MAIL


def same_company(one: str, other: str) -> bool:
    """Say whether two addresses, as they are compared, are of one company: their domain is the same, or a part of it."""
    mine, theirs = domain_of(one), domain_of(other)
    if not mine or not theirs or is_free(mine) or is_free(theirs):
        return False
    return mine == theirs or mine.endswith(f".{theirs}") or theirs.endswith(f".{mine}")


def parents_of(domain: str) -> list[str]:
    """Return a domain and those that it is a part of, the nearest first: eu.acme.com, acme.com."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


def is_machine(address: str) -> bool:
    """Say whether nobody reads what is written to an address."""
    return bool(_MACHINES.fullmatch(address.partition("@")[0]))


def name_of(person: Person) -> str:
    """Return what to call somebody: the name beside the address, else one made of it."""
    name = person.name
    if not name or "@" in name:
        words = re.split(r"[._+-]+", person.address.partition("@")[0])
        name = " ".join(word.capitalize() for word in words if word) or person.address
    return name[:LONGEST_NAME].strip() or person.address[:LONGEST_NAME]
