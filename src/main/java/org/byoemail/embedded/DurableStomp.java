package org.byoemail.embedded;

import org.apache.activemq.artemis.core.protocol.stomp.Stomp;
import org.apache.activemq.artemis.core.protocol.stomp.StompFrame;
import org.apache.activemq.artemis.core.protocol.stomp.StompFrameInterceptor;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Keeps what STOMP clients send over a restart of the broker. The protocol's default is not to,
 * which would lose submissions whose receipt was given. Public because Artemis makes it by name.
 */
public final class DurableStomp implements StompFrameInterceptor {

  @Override
  public boolean intercept(StompFrame frame, RemotingConnection connection) {
    if (Stomp.Commands.SEND.equals(frame.getCommand())) {
      frame.addHeader(Stomp.Headers.Send.PERSISTENT, Boolean.TRUE.toString());
    }
    return true;
  }
}
