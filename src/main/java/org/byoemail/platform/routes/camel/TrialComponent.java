package org.byoemail.platform.routes.camel;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.jspecify.annotations.Nullable;

/**
 * A substitute for a component of the running context, for a context that only builds routes: it
 * creates endpoints and checks their options, but starts and stops nothing.
 */
final class TrialComponent implements Component {
  private final Component component;
  private @Nullable CamelContext trial;

  TrialComponent(Component component) {
    this.component = component;
  }

  @Override
  public Endpoint createEndpoint(String uri) throws Exception {
    return new TrialEndpoint(uri, this, component.createEndpoint(uri));
  }

  @Override
  public Endpoint createEndpoint(String uri, Map<String, Object> properties) throws Exception {
    return new TrialEndpoint(uri, this, component.createEndpoint(uri, properties));
  }

  @Override
  public boolean useRawUri() {
    return component.useRawUri();
  }

  @Override
  public @Nullable CamelContext getCamelContext() {
    return trial;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.trial = camelContext;
  }

  @Override
  public void start() {
    // The component itself is running.
  }

  @Override
  public void stop() {
    // The component itself keeps running.
  }

  private static final class TrialEndpoint extends DefaultEndpoint {
    private final Endpoint endpoint;

    TrialEndpoint(String uri, Component component, Endpoint endpoint) {
      super(uri, component);
      this.endpoint = endpoint;
    }

    @Override
    public boolean isLenientProperties() {
      return true;
    }

    @Override
    public Producer createProducer() throws Exception {
      endpoint.createProducer();
      return new DefaultProducer(this) {
        @Override
        public void process(Exchange exchange) {
          throw new UnsupportedOperationException("routes on trial do not run");
        }
      };
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
      endpoint.createConsumer(processor);
      return new DefaultConsumer(this, processor);
    }
  }
}
