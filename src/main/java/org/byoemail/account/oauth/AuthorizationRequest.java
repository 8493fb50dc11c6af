package org.byoemail.account.oauth;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;

/**
 * A sign-in that was begun at a provider.
 *
 * @param provider its name
 * @param client the id of the OAuth client
 * @param clientOrganization the application's owner
 */
public record AuthorizationRequest(
    UUID id,
    AuthorizationSubject subject,
    String provider,
    UUID client,
    OrganizationId clientOrganization) {}
