package org.byoemail.account.connection;

/** The stage of a dialogue with a mail server, in the order of the protocol. */
public enum Stage {
  /** Vetting of the host and its addresses. */
  VETTING,
  /** Obtaining the access token, or decrypting the stored password, before connecting. */
  TOKEN,
  /** TCP connect. */
  CONNECT,
  /** Implicit TLS. */
  TLS,
  /** The greeting. */
  GREETING,
  /** EHLO, or CAPABILITY. */
  EHLO,
  /** STARTTLS. */
  STARTTLS,
  /** Authentication. */
  AUTH,
  /** MAIL FROM. */
  MAIL_FROM,
  /** RCPT TO, for each recipient. */
  RCPT_TO,
  /** DATA, up to the end of the mail. */
  DATA,
  /** After the end of data was sent: the server may have accepted the mail. */
  END_OF_DATA
}
