package org.byoemail.outbound.delivery.camel;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.TypeConverterSupport;
import org.byoemail.outbound.delivery.OutgoingMail;
import org.springframework.stereotype.Component;

/**
 * Makes an outgoing mail in a log step of a route its id. Camel would read the content of the mail,
 * which is not composed yet, and fail.
 */
@Component
class OutgoingMailConversion extends TypeConverterSupport implements CamelContextConfiguration {

  @Override
  public void beforeApplicationStart(CamelContext context) {
    context.getTypeConverterRegistry().addTypeConverter(String.class, OutgoingMail.class, this);
  }

  @Override
  public void afterApplicationStart(CamelContext context) {
    // Nothing to do.
  }

  @Override
  public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
    return type.cast(value.toString());
  }
}
