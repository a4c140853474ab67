package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.CommandFailed;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code foretell device proofs}. */
@Command(name = "proofs", description = "Lists the proofs of what was erased, and checks them.")
final class ProofsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @Override
  public Integer call() {
    JsonNode page = server.client().get("/erasures", server.query());
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        page,
        new Table("ERASURE", "ENDED", "BY", "COUNTS"),
        "Nothing was erased.",
        (table, proof) ->
            table.row(
                proof.path("id").asText(),
                proof.path("endedAt").asLong() == 0
                    ? "was cut off: do it again"
                    : Table.time(proof.path("endedAt")),
                proof.path("by").asText(),
                proof.path("counts").toString()));
    if (!page.path("sound").asBoolean()) {
      throw new CommandFailed("a proof was changed or taken out: their digests do not follow");
    }
    return 0;
  }
}
