package org.byoemail.support;

/** Someone with a mailbox on a test server; the address is the login name. */
public record MailUser(String address, String password) {}
