package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.SecondFactor;
import org.jspecify.annotations.Nullable;

/**
 * A person in a response.
 *
 * @param invitation the link; only in the response that creates it
 */
@Schema(name = "Person")
record PersonResponse(
    UUID id,
    @Schema(description = "the login") String email,
    String name,
    @Nullable @Schema(description = "null: all") String organization,
    List<String> roles,
    @Schema(allowableValues = {"invited", "active", "disabled"}) String status,
    @Schema(
            allowableValues = {"none", "totp", "passkey"},
            description =
                "the strongest second factor that the person has set up here; none for people who log"
                    + " in at the OpenID provider, which has its own")
        String secondFactor,
    Instant createdAt,
    @Nullable @Schema(description = "null: never") Instant lastLoginAt,
    @Nullable @Schema(description = "when the link of the invitation expires; null: no invitation")
        Instant invitedUntil,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        @Schema(description = "the link to set a password; works once, and is shown once")
        String invitation) {

  static PersonResponse of(Person person, @Nullable String invitation) {
    SecondFactor factor = person.credentials().secondFactor();
    return new PersonResponse(
        person.id(),
        person.email(),
        person.name(),
        OrganizationId.valueOrNull(person.organization()),
        person.roleWords(),
        person.status().name().toLowerCase(Locale.ROOT),
        factor == null ? "none" : factor.word(),
        person.createdAt(),
        person.lastLoginAt(),
        person.credentials().invitedUntil(),
        invitation);
  }

  @Override
  public String toString() {
    return "Person[" + id + "]";
  }
}
