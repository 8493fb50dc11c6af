package org.byoemail.embedded;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.server.ProtocolHandler;
import com.icegreen.greenmail.smtp.SmtpConnection;
import com.icegreen.greenmail.smtp.SmtpHandler;
import com.icegreen.greenmail.smtp.SmtpManager;
import com.icegreen.greenmail.smtp.SmtpServer;
import com.icegreen.greenmail.smtp.SmtpState;
import com.icegreen.greenmail.smtp.commands.MailCommand;
import com.icegreen.greenmail.smtp.commands.SmtpCommand;
import com.icegreen.greenmail.smtp.commands.SmtpCommandRegistry;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.Socket;

/** GreenMail's SMTP server with mandatory authentication, which GreenMail does not require. */
final class DemoSmtpServer extends SmtpServer {

  DemoSmtpServer(ServerSetup setup, Managers managers) {
    super(setup, managers);
  }

  @Override
  protected ProtocolHandler createProtocolHandler(Socket client) {
    return new SmtpHandler(new Commands(), managers.getSmtpManager(), client);
  }

  private static final class Commands extends SmtpCommandRegistry {
    private final SmtpCommand mail = new MailFromKnownUsers();

    @Override
    public SmtpCommand getCommand(String name) {
      return name.equals("MAIL") ? mail : super.getCommand(name);
    }
  }

  private static final class MailFromKnownUsers extends MailCommand {

    @Override
    public void execute(
        SmtpConnection connection, SmtpState state, SmtpManager manager, String line) {
      if (connection.isAuthenticated()) {
        super.execute(connection, state, manager, line);
      } else {
        connection.send("530 5.7.0 Authentication required");
      }
    }
  }
}
