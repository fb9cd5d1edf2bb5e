import stat
from pathlib import Path

import pytest

from salestrack import config
from salestrack.errors import UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "salestrack" / "config.toml"


def wrote(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(file):
    wrote(file, 'owner = "Ana"\ndecimal = ","\n')

    found = config.load(str(file), {"SALESTRACK_OWNER": "Bo", "HOME": "/nowhere"})

    assert (found.owner, found.decimal, found.color, found.wait) == ("Bo", ",", "auto", 5.0)
    assert found.sources == {"owner": "environment", "decimal": "file"}


def test_a_key_may_be_spelled_with_a_hyphen(file):
    assert config.read(wrote(file, 'date-order = "dmy"\n')) == {"date_order": "dmy"}


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ('x = 1\ncolour = "auto"', "line 1: unknown key 'x'", "known keys"),
        ('\ncolour = "auto"', "line 2: unknown key 'colour'", "did you mean color?"),
        ("[mail]\nhost = 1", "line 1: unknown key 'mail'", "known keys"),
        ('color = "blue"', "line 1: color = 'blue' will not do", "auto, always or never"),
        ("owner = 3", "line 1: owner = 3 will not do", "the owner"),
        ("wait = -1", "line 1: wait = -1 will not do", "seconds to wait"),
        ("wait = true", "line 1: wait = True will not do", "seconds to wait"),
        ('date_order = "dmy"\ndate-order = "mdy"', "line 2: date_order stands there twice", "keep one"),
        ('owner = "a"\nowner = b', "line 2: it is no TOML", "key = "),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_line(file, text, said, hint):
    with pytest.raises(UsageError) as refused:
        config.read(wrote(file, text))

    assert said in refused.value.message
    assert hint in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("variable", "value"), [("SALESTRACK_WAIT", "soon"), ("SALESTRACK_COLOR", "blue"), ("SALESTRACK_WAIT", "nan")]
)
def test_a_variable_that_will_not_do_is_named(variable, value):
    with pytest.raises(UsageError, match=variable):
        config.load(None, {variable: value, "XDG_CONFIG_HOME": "/nowhere"})


def test_changing_a_key_keeps_comments_and_order():
    text = '# mine\ndecimal = ","  # as in Vienna\n\nowner = "Ana"\n'

    assert config.changed(text, "owner", "Bo") == text.replace("Ana", "Bo")
    assert config.changed(text, "decimal", None) == '# mine\n\nowner = "Ana"\n'
    assert config.changed(text, "wait", 30.0) == text + "wait = 30\n"


def test_a_new_key_stands_before_the_tables():
    assert config.changed("[later]\nx = 1\n", "owner", "Ana").index("owner") == 0


@pytest.mark.parametrize("value", ["", "  ", "a\nb", "\x00", "\udcff"])
def test_a_text_that_no_line_can_hold_is_refused(value):
    with pytest.raises(UsageError, match=r"owner: .* will not do"):
        config.typed("owner", value, "owner")


def test_the_template_says_every_key_and_sets_none(file):
    text = config.template({"XDG_DATA_HOME": "/data"})

    assert config.read(wrote(file, text)) == {}
    assert config.read(wrote(file, config.changed(text, "color", "never"))) == {"color": "never"}
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines() if " = " in line)
    assert set(config.read(wrote(file, uncommented))) == set(config.KEYS)


def test_the_file_is_for_its_owner_alone_and_its_folder_too(file):
    config.save(file, {"owner": 'A "quoted" \\ name'})

    assert config.read(file) == {"owner": 'A "quoted" \\ name'}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.parent.iterdir()] == ["config.toml"]


def test_a_link_to_the_file_stays_a_link(file, tmp_path):
    real = wrote(tmp_path / "dotfiles" / "config.toml", "")
    file.parent.mkdir(parents=True)
    file.symlink_to(real)

    config.write(file, 'owner = "Ana"\n')

    assert file.is_symlink()
    assert real.read_text() == 'owner = "Ana"\n'


def test_a_read_only_file_is_left_alone(file):
    wrote(file, "").chmod(0o400)

    with pytest.raises(UsageError, match="is read-only"):
        config.write(file, 'owner = "Ana"\n')

    assert file.read_text() == ""


def test_a_folder_in_place_of_the_file_is_one_line(file):
    file.mkdir(parents=True)

    with pytest.raises(UsageError, match="Is a directory"):
        config.read(file)
    with pytest.raises(UsageError, match="cannot write"):
        config.write(file, "")


def test_without_a_home_the_hint_says_what_to_name(monkeypatch):
    def lost() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(config.Path, "home", lost)

    with pytest.raises(UsageError, match="there is no home folder"):
        config.place(None, {})
