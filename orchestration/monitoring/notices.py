"""One message to people when a run failed or something is in quarantine: by webhook, by mail, or not at all.

Off unless a setting names where to. What a run came to belongs to `run_summary`.
"""

import smtplib
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from orchestration.monitoring.run_summary import FAILED_RUN, RunSummary

WEBHOOK = "INNOREGIO_NOTICE_URL"
MAIL_TO = "INNOREGIO_NOTICE_MAIL"
MAIL_FROM = "INNOREGIO_NOTICE_FROM"
SMTP = "INNOREGIO_SMTP_URL"
SECONDS = 10.0  # that a webhook or a mail server gets
HIDDEN = "…"


def send_notices(summary: RunSummary, place: str, environment: Mapping[str, str]) -> list[str]:
    """Sends one message about a failed run to where the settings say; why one could not be sent, if so.

    `place` says which service speaks: the base address of its tree. Nothing is raised: a run does not fail
    because nobody could be told.
    """
    if summary.result != FAILED_RUN:
        return []
    lines = [hide_settings(line, environment) for line in (summary.line, *summary.problems)]
    subject, problems = lines[0], []
    if address := environment.get(WEBHOOK, "").strip():
        problems += post_notice(address, place, subject, lines[1:])
    if recipients := environment.get(MAIL_TO, "").strip():
        problems += mail_notice(recipients, place, subject, lines[1:], environment)
    return [hide_settings(problem, environment) for problem in problems]


def post_notice(address: str, place: str, subject: str, lines: list[str]) -> list[str]:
    """Posts the message as JSON: `text`, which chat services show, `summary` and `problems` for programs."""
    import httpx

    text = "\n".join([f"innoregio at {place}: {subject}", *(f"- {line}" for line in lines)])
    body = {"text": text, "place": place, "summary": subject, "problems": lines}
    host = urlsplit(address).hostname or "?"
    try:
        answer = httpx.post(address, json=body, timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return [f"{WEBHOOK}: {host} took no notice ({type(error).__name__})"]
    return [] if answer.is_success else [f"{WEBHOOK}: {host} took no notice (status {answer.status_code})"]


def mail_notice(
    recipients: str, place: str, subject: str, lines: list[str], environment: Mapping[str, str]
) -> list[str]:
    """Sends the message by the mail server of the settings, encrypted where that offers it."""
    server = urlsplit(environment.get(SMTP, "").strip() or "smtp://localhost")
    message = EmailMessage()
    try:
        message["To"] = recipients
        message["From"] = environment.get(MAIL_FROM, "").strip() or f"innoregio@{server.hostname}"
        message["Subject"] = f"innoregio: {subject}"[:200]
        message.set_content("\n".join([f"{place}", "", *lines]) + "\n")
        with open_mail(server) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return [f"{MAIL_TO}: {server.hostname} took no mail ({type(error).__name__})"]
    return []


def open_mail(server: SplitResult) -> smtplib.SMTP:
    """A connection to the mail server: `smtps` encrypted from the start, `smtp` where the server offers it;
    never a password in the clear to another machine.
    """
    host, port = server.hostname or "localhost", server.port
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS)
    if server.scheme != "smtp":
        raise ValueError(f"{SMTP}: give smtp:// or smtps://")
    connection = smtplib.SMTP(host, port or 25, timeout=SECONDS)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls()
    elif server.username and host not in ("localhost", "127.0.0.1", "::1"):
        connection.close()
        raise smtplib.SMTPNotSupportedError("no encryption")
    return connection


def hide_settings(text: str, environment: Mapping[str, str]) -> str:
    """The text without any secret of the settings, should a server or a message have repeated one."""
    for secret in sorted(set(secrets_of(environment)), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def secrets_of(environment: Mapping[str, str]) -> Iterator[str]:
    """What no message may hold: the webhook's address, passwords and queries of addresses, keys."""
    for name, value in environment.items():
        if name == WEBHOOK and value:
            yield value.strip()
            yield from (part for part in urlsplit(value).path.split("/") if len(part) >= 8)
        if name.endswith(("_URL", "_PROXY", "_proxy")) and "://" in value:
            parts = urlsplit(value)
            for secret in (parts.password, parts.query):
                if secret and len(secret) >= 4:
                    yield secret
                    yield unquote(secret)
        elif name.endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")) and len(value) >= 4:
            yield value
