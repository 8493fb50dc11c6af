/**
 * Agents, their endpoints and accounts, and how an account's servers are reached.
 *
 * <p>Features: {@code registry} (agents, endpoints, accounts, their health and secrets), {@code
 * connection} (vetted, bounded conversations with SMTP and IMAP servers), {@code rollout} (the
 * switch). Uses {@code format} and {@code platform}.
 */
@NullMarked
package org.byoemail.account;

import org.jspecify.annotations.NullMarked;
