package org.byoemail.mailbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An IMAP server with an empty inbox that says what a test wants while a client waits, whole or
 * half, and may never answer DONE.
 */
final class ScriptedImapServer implements AutoCloseable {
  final List<String> commands = new CopyOnWriteArrayList<>();
  volatile boolean answersDone = true;
  private final ServerSocket server;
  private final List<Socket> clients = new CopyOnWriteArrayList<>();

  ScriptedImapServer() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return clients.size();
  }

  /** Says that to the newest client. */
  void say(String words) {
    write(clients.get(clients.size() - 1), words);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        clients.add(client);
        thread(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
      write(client, "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n");
      String idle = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        commands.add(line.replaceFirst("^\\w+ ", ""));
        String tag = line.split(" ")[0];
        if (line.contains(" IDLE")) {
          idle = tag;
          write(client, "+ idling\r\n");
        } else if (line.equals("DONE")) {
          write(client, answersDone ? idle + " OK done\r\n" : "");
        } else {
          write(client, answer(line) + tag + " OK fine\r\n");
        }
      }
    } catch (IOException e) {
      // Cut rather than closed.
    } finally {
      commands.add("gone");
    }
  }

  private static String answer(String line) {
    if (line.contains("SELECT") || line.contains("EXAMINE")) {
      return "* 0 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 1] n\r\n";
    }
    return line.contains("SEARCH") ? "* SEARCH\r\n" : "";
  }

  private static void write(Socket client, String words) {
    try {
      OutputStream out = client.getOutputStream();
      out.write(words.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "scripted-imap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket client : clients) {
      client.close();
    }
  }
}
