/**
 * Agents, their endpoints and accounts, and how an account's servers are reached.
 *
 * <p>Features: {@code registry} (agents, endpoints, accounts, their health and secrets), {@code
 * connection} (vetted, bounded conversations with SMTP and IMAP servers), {@code provider} (what is
 * known of mail providers), {@code discovery} (the settings of a mailbox by its address), {@code
 * rollout} (the switch). Uses {@code format} and {@code platform}.
 */
@NullMarked
package org.byoemail.account;

import org.jspecify.annotations.NullMarked;
