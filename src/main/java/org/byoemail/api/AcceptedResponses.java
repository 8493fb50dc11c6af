package org.byoemail.api;

import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the responses of operations that accept a submission once. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ApiResponse(responseCode = "202", description = "It is new, and will be sent.")
@ApiResponse(
    responseCode = "200",
    description = "It was submitted before: the same response again.",
    headers =
        @Header(
            name = IdempotencyKey.REPLAYED,
            description = "true",
            schema = @Schema(type = "boolean")))
@interface AcceptedResponses {}
