package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a request that makes a connect link. */
@Schema(name = "ConnectLinkRequest")
record ConnectLinkRequest(
    @Nullable @Schema(description = "the id of the agent that gets the mailbox") String agent,
    @Nullable
        @Schema(description = "instead of agent: the id of an account that is signed in again")
        String account,
    @Nullable
        @Schema(description = "the only address that may be connected; absent: the owner types one")
        String address,
    @Nullable
        @Schema(
            description =
                "names of OAuth providers, and password; absent: any. Or, with address, one of"
                    + " these alone: <provider>:client_credentials, <provider>:service_account")
        List<@Nullable String> providers,
    @Nullable
        @Schema(
            allowableValues = {"discovered", "any"},
            description =
                "any: the owner may name other mail servers than those found for the address;"
                    + " absent: any, unless an address is given")
        String servers,
    @Nullable
        @Schema(
            description =
                "where the browser goes afterwards, with outcome, account and state as parameters;"
                    + " one of byo.connect.return-urls")
        String returnUrl,
    @Nullable @Schema(description = "given back to returnUrl, opaque, at most 500 characters")
        String state,
    @Nullable @Schema(description = "seconds, 60 to 604800; absent: 86400") Integer expiresIn) {}
