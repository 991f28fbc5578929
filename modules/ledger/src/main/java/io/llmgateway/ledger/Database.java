package io.llmgateway.ledger;

import io.llmgateway.model.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** One connection to the SQLite file. Confined to one thread at a time. */
final class Database implements AutoCloseable {
    private static final List<String> MIGRATIONS = List.of("001-usage.sql");
    private static final int BUSY_MILLIS = 2_000;
    private static final String SUMS = "count(*), sum(ended <> 'ok'), sum(estimated), sum(cost < 0), sum(input),"
            + " sum(cache_read), sum(cache_write), sum(output), sum(reasoning), sum(max(cost, 0))";
    private static final String INSERT =
            "INSERT OR IGNORE INTO usage VALUES" + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final Connection connection;
    private final Path file;
    private final @Nullable Object identity;

    private Database(Connection connection, Path file) {
        this.connection = connection;
        this.file = file;
        this.identity = identity(file);
    }

    /** Which file stands under the name; null when there is none, or the file system does not tell. */
    private static @Nullable Object identity(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** False when the file was deleted or replaced: what is written now would be lost with it. */
    boolean stillThere() {
        return Files.exists(file) && Objects.equals(identity, identity(file));
    }

    /** Opens the file, or makes it, and brings its tables up to date. */
    static Database open(Path file) throws SQLException, IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.NORMAL);
        config.setBusyTimeout(BUSY_MILLIS);
        Database database =
                new Database(DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties()), file);
        try {
            database.migrate();
            return database;
        } catch (SQLException | IOException e) {
            database.close();
            throw e;
        }
    }

    /** Opens a file that must exist, for reading. */
    static Database openForReading(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return new Database(DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties()), file);
    }

    private void migrate() throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            if (version > MIGRATIONS.size()) {
                throw new IOException("the database was made by a newer gateway (version " + version + ", known are "
                        + MIGRATIONS.size() + ")");
            }
            for (int next = version; next < MIGRATIONS.size(); next++) {
                connection.setAutoCommit(false);
                for (String sql : script(MIGRATIONS.get(next)).split(";\n")) {
                    statement.executeUpdate(sql);
                }
                statement.executeUpdate("PRAGMA user_version = " + (next + 1));
                connection.commit();
                connection.setAutoCommit(true);
            }
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            return result.getInt(1);
        }
    }

    private static String script(String name) throws IOException {
        try (InputStream in = Database.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the migration " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Stores all of them or none; one that is there already is left as it is. */
    void insert(List<UsageRecord> records) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (UsageRecord each : records) {
                bind(insert, each);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static void bind(PreparedStatement insert, UsageRecord each) throws SQLException {
        Usage usage = each.usage();
        Object[] values = {
            each.requestId(),
            each.at().toEpochMilli(),
            each.key(),
            each.group(),
            each.asked(),
            each.served(),
            each.instance(),
            each.endpoint(),
            each.stream(),
            usage.inputUncached(),
            usage.inputCacheRead(),
            usage.inputCacheWrite(),
            usage.output(),
            usage.reasoning(),
            each.estimated(),
            each.cost(),
            each.end(),
            each.millis(),
            each.firstTokenMillis()
        };
        for (int i = 0; i < values.length; i++) {
            insert.setObject(i + 1, values[i]);
        }
    }

    /** Removes some of what is older; gives how much it was. */
    int removeBefore(Instant oldest, int atMost) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM usage WHERE request_id IN (SELECT request_id FROM usage WHERE at_millis < ? LIMIT ?)")) {
            delete.setLong(1, oldest.toEpochMilli());
            delete.setInt(2, atMost);
            return delete.executeUpdate();
        }
    }

    List<UsageSum> sumsBetween(Instant from, Instant until) throws SQLException {
        String sql = "SELECT key_name, at_millis / 900000 * 900000, asked, served, " + SUMS
                + " FROM usage WHERE at_millis >= ? AND at_millis < ? GROUP BY 1, 2, 3, 4";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, from.toEpochMilli());
            select.setLong(2, until.toEpochMilli());
            return sums(select);
        }
    }

    List<UsageSum> report(UsageQuery query) throws SQLException {
        String sql = "SELECT " + expression(query.by()) + ", 0, '', '', " + SUMS
                + " FROM usage WHERE at_millis >= ? AND at_millis < ? GROUP BY 1 ORDER BY 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, query.from().toEpochMilli());
            select.setLong(2, query.to().toEpochMilli());
            return sums(select);
        }
    }

    private static String expression(UsageQuery.By by) {
        return switch (by) {
            case KEY -> "key_name";
            case GROUP -> "group_name";
            case MODEL -> "served";
            case INSTANCE -> "instance";
            case DAY -> "strftime('%Y-%m-%d', at_millis / 1000, 'unixepoch')";
        };
    }

    private static List<UsageSum> sums(PreparedStatement select) throws SQLException {
        List<UsageSum> sums = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                sums.add(new UsageSum(
                        row.getString(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8),
                        new Usage(row.getLong(9), row.getLong(10), row.getLong(11), row.getLong(12), row.getLong(13)),
                        row.getLong(14)));
            }
        }
        return sums;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
