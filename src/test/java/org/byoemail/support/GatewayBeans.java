package org.byoemail.support;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The MBeans of Camel in a gateway's process, as an operator's JMX console reaches them. */
public final class GatewayBeans implements AutoCloseable {
  private final JMXConnector connector;
  private final MBeanServerConnection server;

  private GatewayBeans(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.server = connector.getMBeanServerConnection();
  }

  /** Those of the process of that id. */
  public static GatewayBeans of(long pid) {
    try {
      VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
      try {
        return new GatewayBeans(
            JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
      } finally {
        machine.detach();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AttachNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls an operation without arguments of the one bean of that type and name. */
  public void invoke(String type, String name, String operation) {
    try {
      server.invoke(find(type, name), operation, new Object[0], new String[0]);
    } catch (JMException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectName find(String type, String name) throws JMException, IOException {
    return server
        .queryNames(new ObjectName("org.apache.camel:type=" + type + ",name=" + name + ",*"), null)
        .iterator()
        .next();
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
