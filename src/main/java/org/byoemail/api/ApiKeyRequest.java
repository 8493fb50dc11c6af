package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The body of a request that creates a key. */
@Schema(name = "ApiKeyRequest")
record ApiKeyRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String name,
    @Nullable @Schema(allowableValues = {"admin", "operator", "producer"}) String role,
    @Nullable
        @Schema(
            description =
                "what it may do, instead of a role, such as `messages:send`; only permissions of the"
                    + " key that makes it, with which it ends")
        List<String> permissions,
    @Nullable
        @Schema(
            description =
                "ids of the only agents that it sees and acts for, with permissions; absent:"
                    + " all, or the agents of the key that makes it")
        List<UUID> agents,
    @Nullable
        @Schema(
            description =
                "ids of the only accounts that it sees and acts for, besides its agents' accounts")
        List<UUID> accounts,
    @Nullable
        @Schema(description = "the only organization whose data it sees and changes; absent: all")
        String organization,
    @Nullable @Schema(description = "when it expires; absent: never") Instant expiresAt,
    @Nullable
        @Schema(
            minimum = "1",
            maximum = "1000000",
            description =
                "how many requests it may make in a minute; absent: what the gateway's setting says,"
                    + " or the limit of the key with permissions that makes it")
        Integer requestsPerMinute) {}
