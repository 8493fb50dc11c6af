package org.byoemail.account.oauth;

import java.time.Instant;
import java.util.UUID;

/**
 * The outcome of a sign-in.
 *
 * @param id of the sign-in
 * @param json as it was recorded; no secret
 */
public record AuthorizationOutcome(UUID id, Instant at, String json) {}
