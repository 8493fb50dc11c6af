package org.byoemail.account.oauth;

import org.byoemail.account.registry.ServerSettings.Security;

/** A mail server of a provider. */
public record MailHost(String host, int port, Security security) {}
