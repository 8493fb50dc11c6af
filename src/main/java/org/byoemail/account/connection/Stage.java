package org.byoemail.account.connection;

/** How far a conversation with a mail server came; the order is that of the protocol. */
public enum Stage {
  /** The host and its addresses were judged. */
  VETTING,
  /** The connection itself. */
  CONNECT,
  /** TLS from the start. */
  TLS,
  /** The server's first words. */
  GREETING,
  /** The exchange of names and extensions. */
  EHLO,
  /** The change to TLS. */
  STARTTLS,
  /** Proving who one is. */
  AUTH,
  /** MAIL FROM. */
  MAIL_FROM,
  /** RCPT TO, for each recipient. */
  RCPT_TO,
  /** DATA and the mail, before its end was sent. */
  DATA,
  /** After the end of the mail was sent: the server may have taken it. */
  END_OF_DATA
}
