package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The body of a request that rotates a key. */
@Schema(name = "ApiKeyRotation")
record ApiKeyRotation(
    @Nullable
        @Schema(
            description =
                "seconds for which the secret so far still opens; 86400 unless given, 2592000 at"
                    + " most, 0: none")
        Long overlap,
    @Nullable @Schema(description = "when the key ends from now on; absent: as before")
        Instant expiresAt) {}
