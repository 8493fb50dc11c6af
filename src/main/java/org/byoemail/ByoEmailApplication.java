package org.byoemail;

import jakarta.mail.util.StreamProvider;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.byoemail.command.doctor.DoctorCommand;
import org.byoemail.command.gateway.AccountsCommand;
import org.byoemail.command.gateway.CommandLine;
import org.byoemail.command.gateway.GatewayCommand;
import org.byoemail.command.gateway.RestoreCommand;
import org.byoemail.command.inspect.InspectCommand;
import org.byoemail.command.verify.DossierCommand;
import org.eclipse.angus.mail.util.MailStreamProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.modulith.Modulithic;

/** Starts the gateway. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Modulithic(
    systemName = "BYO Email",
    sharedModules = {"format.mail", "platform.retry"})
public class ByoEmailApplication {

  /** Runs until the process is stopped or, with a command, until that has ended. */
  public static void main(String[] args) {
    if (InspectCommand.isAsked(args)) {
      System.exit(new InspectCommand(System.in, output(), System.err).run(args));
    }
    CommandLine line =
        new CommandLine(
            System.getenv(),
            System.in,
            output(),
            System.err,
            System.console() != null,
            Clock.systemUTC());
    GatewayCommand command = GatewayCommand.of(line, args).orElse(null);
    if (command != null) {
      System.exit(command.run(args));
    }
    if (AccountsCommand.isAsked(args)) {
      System.exit(new AccountsCommand(System.getenv(), System.in, output(), System.err).run(args));
    }
    if (RestoreCommand.isAsked(args)) {
      System.exit(new RestoreCommand(System.getenv(), output(), System.err).run(args));
    }
    if (DossierCommand.isAsked(args)) {
      System.exit(new DossierCommand(output(), System.err).run(args));
    }
    if (DoctorCommand.isAsked(args)) {
      System.exit(new DoctorCommand(output(), System.err, Clock.systemUTC()).run(args));
    }
    // Or Jakarta Mail looks through every nested jar for it, twice a mail.
    System.setProperty(StreamProvider.class.getName(), MailStreamProvider.class.getName());
    ClassLoader classes =
        ExtensionJars.classLoader(
                ExtensionJars.folder(System.getenv()), ByoEmailApplication.class.getClassLoader())
            .orElse(null);
    if (classes == null) {
      SpringApplication.run(ByoEmailApplication.class, args);
    } else {
      Thread.currentThread().setContextClassLoader(classes);
      new SpringApplication(new DefaultResourceLoader(classes), ByoEmailApplication.class)
          .run(args);
    }
  }

  /** JSON is UTF-8 whatever the platform's charset is. */
  private static PrintStream output() {
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    return new PrintStream(new BufferedOutputStream(out, 1 << 16), false, StandardCharsets.UTF_8);
  }
}
