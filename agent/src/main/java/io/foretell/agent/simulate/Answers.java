package io.foretell.agent.simulate;

import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.DeviceCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a device has answered to its last commands, and the one that it still owes a final answer.
 * With a file it outlives the process: the owed command, or an empty one, then the replies, each
 * with its length before it; replaced in one rename.
 *
 * <p>Not safe for several threads.
 */
final class Answers {
  private static final Logger log = LoggerFactory.getLogger(Answers.class);
  private static final int KEPT = 64;

  private final @Nullable Path file;
  private final Map<String, CommandReply> replies = new LinkedHashMap<>();
  private @Nullable DeviceCommand owed;

  /** Those of a file, or none where there is no file yet or it cannot be read. */
  Answers(@Nullable Path file) {
    this.file = file;
    if (file != null && Files.exists(file)) {
      read(file);
    }
  }

  private void read(Path from) {
    try (InputStream in = Files.newInputStream(from)) {
      DeviceCommand first = DeviceCommand.parseDelimitedFrom(in);
      owed = first == null || first.getId().isEmpty() ? null : first;
      for (CommandReply reply = CommandReply.parseDelimitedFrom(in);
          reply != null;
          reply = CommandReply.parseDelimitedFrom(in)) {
        replies.put(reply.getCommandId(), reply);
      }
    } catch (IOException e) {
      log.warn("{}: earlier answers cannot be read: {}", from, e.getMessage());
    }
  }

  Optional<CommandReply> to(String commandId) {
    return Optional.ofNullable(replies.get(commandId));
  }

  /** The command that was accepted and has no final answer yet. */
  Optional<DeviceCommand> owed() {
    return Optional.ofNullable(owed);
  }

  /** Notes that a command is accepted: its final answer is owed from now on. */
  void accepted(DeviceCommand command, CommandReply reply) throws IOException {
    owed = command;
    put(reply);
    write();
  }

  /** Notes a final answer. */
  void answered(CommandReply reply) throws IOException {
    if (owed != null && owed.getId().equals(reply.getCommandId())) {
      owed = null;
    }
    put(reply);
    write();
  }

  private void put(CommandReply reply) {
    replies.remove(reply.getCommandId());
    replies.put(reply.getCommandId(), reply);
    if (replies.size() > KEPT) {
      replies.remove(replies.keySet().iterator().next());
    }
  }

  private void write() throws IOException {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
            FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      (owed == null ? DeviceCommand.getDefaultInstance() : owed).writeDelimitedTo(out);
      for (CommandReply reply : replies.values()) {
        reply.writeDelimitedTo(out);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
