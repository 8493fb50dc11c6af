package org.byoemail.account.provider;

import org.byoemail.account.registry.ServerSettings.Security;

/** Where a provider's SMTP or IMAP server listens. */
public record MailServer(String host, int port, Security security) {}
