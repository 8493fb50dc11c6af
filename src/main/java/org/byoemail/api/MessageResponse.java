package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.DiscriminatorMapping;
import io.swagger.v3.oas.annotations.media.Schema;

/** A message of either direction, or an inbound mail that did not become one. */
@Schema(
    name = "Message",
    description = "A message of either direction, or an inbound mail that did not become one.",
    oneOf = {
      OutboundMessageResponse.class,
      InboundMessageResponse.class,
      InboundMailResponse.class
    },
    discriminatorProperty = "type",
    discriminatorMapping = {
      @DiscriminatorMapping(
          value = OutboundMessageResponse.TYPE,
          schema = OutboundMessageResponse.class),
      @DiscriminatorMapping(
          value = InboundMessageResponse.TYPE,
          schema = InboundMessageResponse.class),
      @DiscriminatorMapping(value = InboundMailResponse.TYPE, schema = InboundMailResponse.class)
    })
sealed interface MessageResponse
    permits OutboundMessageResponse, InboundMessageResponse, InboundMailResponse {}
