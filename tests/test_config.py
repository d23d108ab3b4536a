"""Options before environment before file; and a token that goes only to the host that stands beside it."""

import pytest

from kpublish.config import Config, configure, host_of, missing_token
from kpublish.errors import ConfigurationError
from kpublish.model.archive import ArchiveEntry

ENTRY = ArchiveEntry("center", "datacenter", "https://file.example.org/")
SECRET = "s3cret-of-mine"


def only(entry=ENTRY, **more):
    (archive,) = configure((entry,), **{"environ": {}, **more}).archives
    return archive


def test_without_any_archive_it_is_the_open_data_center():
    (archive,) = configure(environ={}).archives
    assert (archive.name, archive.kind, archive.url) == ("datacenter", "datacenter", "https://opendata.km3net.de")


def test_an_option_goes_before_the_environment_and_that_before_the_file():
    environ = {"KPUBLISH_CENTER_URL": "https://env.example.org"}
    assert only().url == "https://file.example.org"
    assert only(environ=environ).url == "https://env.example.org"
    assert only(environ=environ, urls={"center": "https://option.example.org"}).url == "https://option.example.org"


def test_a_token_of_the_environment_goes_to_the_address_of_the_environment():
    archive = only(environ={"KPUBLISH_CENTER_URL": "https://env.example.org:8443/x", "KPUBLISH_CENTER_TOKEN": SECRET})
    assert (archive.token.secret, archive.token.host) == (SECRET, "env.example.org:8443")


def test_a_token_of_the_environment_never_goes_to_an_address_of_the_file_or_of_an_option():
    environ = {"KPUBLISH_CENTER_TOKEN": SECRET}
    assert only(environ=environ).token is None
    environ["KPUBLISH_CENTER_URL"] = "https://env.example.org"
    assert only(environ=environ, urls={"center": "https://other.example.org"}).token is None
    assert only(environ=environ, urls={"center": "https://ENV.example.org/other"}).token.host == "env.example.org"


def test_a_token_file_is_read_and_may_be_an_option(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    environ = {"KPUBLISH_CENTER_URL": "https://env.example.org", "KPUBLISH_CENTER_TOKEN_FILE": str(file)}
    assert only(environ=environ).token.secret == SECRET
    assert only(environ={"KPUBLISH_CENTER_URL": "https://env.example.org"}, token_files={"center": file}).token.secret == SECRET
    assert only(urls={"center": "https://option.example.org"}, token_files={"center": file}).token.host == "option.example.org"


def test_a_token_file_never_goes_to_an_address_that_only_the_repository_names(tmp_path):
    (tmp_path / "token").write_text(SECRET)
    with pytest.raises(ConfigurationError, match="has no address to go to") as caught:
        only(token_files={"center": tmp_path / "token"})
    assert "--url center=URL" in caught.value.remedy
    assert "KPUBLISH_CENTER_URL" in caught.value.remedy


def test_a_token_file_may_go_to_the_data_center_that_kpublish_knows_itself(tmp_path):
    (tmp_path / "token").write_text(SECRET)
    files = {"token_files": {"datacenter": tmp_path / "token"}, "environ": {}}
    (archive,) = configure(**files).archives
    assert archive.token.host == "opendata.km3net.de"
    (same,) = configure((ArchiveEntry("datacenter", "datacenter", archive.url),), **files).archives
    assert same == archive


def test_an_address_with_control_characters_is_refused_and_not_shown():
    with pytest.raises(ConfigurationError, match="not one line") as caught:
        only(urls={"center": "https://example.org/\x1b[31m"})
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n", "two words", "two\nlines", "kö", "\x1b[31m"])
def test_what_cannot_be_a_token_is_refused_and_not_shown(tmp_path, content):
    (tmp_path / "token").write_text(content)
    with pytest.raises(ConfigurationError, match="holds no token") as caught:
        only(token_files={"center": tmp_path / "token"})
    assert not content.strip() or content not in str(caught.value)
    if content.strip():
        with pytest.raises(ConfigurationError, match="KPUBLISH_CENTER_TOKEN holds no token"):
            only(environ={"KPUBLISH_CENTER_TOKEN": content})


@pytest.mark.parametrize("url", [f"https://user:{SECRET}@example.org", f"https://{SECRET}@example.org"])
def test_credentials_in_an_address_are_refused_and_not_shown(url):
    with pytest.raises(ConfigurationError, match="holds credentials") as caught:
        only(urls={"center": url})
    assert SECRET not in str(caught.value)


def test_an_address_that_cannot_be_understood_is_refused():
    with pytest.raises(ConfigurationError, match="cannot be understood"):
        only(urls={"center": "https://[::1"})


@pytest.mark.parametrize("name", ["Center", "my-center", "1st", "", "a_b"])
def test_a_name_must_fit_into_the_name_of_a_variable(name):
    with pytest.raises(ConfigurationError, match="not usable"):
        only(ArchiveEntry(name, "datacenter", "https://example.org"))


def test_an_archive_without_an_address_is_told():
    with pytest.raises(ConfigurationError, match="no address"):
        only(ArchiveEntry("center", "datacenter"))


def test_a_token_shows_nowhere():
    archive = only(environ={"KPUBLISH_CENTER_URL": "https://env.example.org", "KPUBLISH_CENTER_TOKEN": SECRET})
    assert SECRET not in f"{archive} {archive!r} {archive.token} {archive.token!r} {Config((archive,))!r}"


def test_an_unknown_archive_is_answered_with_the_known_ones():
    with pytest.raises(ConfigurationError, match="'nowhere'") as caught:
        configure((ENTRY,), environ={}).archive("nowhere")
    assert "center" in caught.value.remedy


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "There is no token"),
        ({"KPUBLISH_CENTER_TOKEN": SECRET}, "KPUBLISH_CENTER_URL is not set"),
        (
            {"KPUBLISH_CENTER_TOKEN": SECRET, "KPUBLISH_CENTER_URL": "https://env.example.org"},
            "names another host, env.example.org",
        ),
    ],
)
def test_a_missing_token_says_which_variables_to_set(environ, words):
    error = missing_token(only(), environ)
    assert words in error.message
    assert "KPUBLISH_CENTER_URL=https://file.example.org" in error.remedy
    assert "KPUBLISH_CENTER_TOKEN_FILE" in error.remedy
    assert SECRET not in str(error)


def test_host_and_port_name_a_host():
    assert host_of("https://user@Example.org:8443/x") == "example.org:8443"


def test_an_id_token_goes_to_a_data_center_and_only_to_the_address_beside_it():
    environ = {"KPUBLISH_CENTER_ID_TOKEN": SECRET}
    assert not only(environ=environ).may_write
    environ["KPUBLISH_CENTER_URL"] = "https://env.example.org"
    archive = only(environ=environ)
    assert (archive.token, archive.id_token.host, archive.may_write) == (None, "env.example.org", True)
    assert only(ArchiveEntry("center", "invenio_rdm", "https://x.example.org"), environ=environ).id_token is None
    assert SECRET not in f"{archive!r}"


@pytest.mark.parametrize(("host", "name"), [("zenodo.org", "api_token"), ("sandbox.zenodo.org", "sandbox_api_token")])
def test_what_zenodo_client_uses_serves_for_zenodo_if_nothing_else_is_set(tmp_path, host, name):
    entry = ArchiveEntry("zenodo", "invenio_rdm", f"https://{host}")
    home = {"HOME": str(tmp_path)}
    assert only(entry, environ=home).token is None
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "zenodo.ini").write_text(f"[zenodo]\n{name} = of-the-file%\n")
    assert (only(entry, environ=home).token.secret, only(entry, environ=home).token.host) == ("of-the-file%", host)
    home[f"ZENODO_{name.upper()}"] = "of-the-environment"
    assert only(entry, environ=home).token.secret == "of-the-environment"
    assert only(entry, environ={**home, "KPUBLISH_ZENODO_TOKEN": SECRET}).token.secret == SECRET
    for elsewhere in ("https://zenodo.org.example.org", "https://example.org", f"https://{host}:8443"):
        assert only(ArchiveEntry("zenodo", "invenio_rdm", elsewhere), environ=home).token is None


def test_a_broken_file_of_zenodo_client_is_told_without_its_content(tmp_path):
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "zenodo.ini").write_text(f"api_token {SECRET}\n")
    with pytest.raises(ConfigurationError, match="is no INI file") as caught:
        only(ArchiveEntry("zenodo", "invenio_rdm", "https://zenodo.org"), environ={"HOME": str(tmp_path)})
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__
