using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.People;

/// <summary>
/// Scoped keys: printed once, stored hashed. A key has 256 bits of the operating system's randomness, so a plain SHA-256
/// of it is as hard to turn back as the key is to guess.
/// </summary>
public sealed class ApiKeys(DbDataSource people, TimeProvider time)
{
    private const string Prefix = "mpk_";

    public async Task InitialiseAsync()
    {
        await using var db = await people.OpenConnectionAsync();
        await db.ExecuteAsync(
            """
            CREATE TABLE IF NOT EXISTS api_key (
              hash TEXT PRIMARY KEY, name TEXT NOT NULL, tenant TEXT NOT NULL, role TEXT NOT NULL, pseudonym TEXT NOT NULL,
              created BIGINT NOT NULL, UNIQUE (tenant, name))
            """);
    }

    /// <summary>Makes a key. Null when the tenant has one of this name.</summary>
    public async Task<string?> AddAsync(string name, TenantId tenant, Role role)
    {
        var key = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var pseudonym = "p-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        await using var db = await people.OpenConnectionAsync();
        var added = await db.ExecuteAsync(
            """
            INSERT INTO api_key (hash, name, tenant, role, pseudonym, created)
            VALUES (@hash, @name, @tenant, @role, @pseudonym, @created) ON CONFLICT DO NOTHING
            """,
            new { hash = HashOf(key), name, tenant = tenant.Text, role = role.ToString(), pseudonym, created = time.GetUtcNow().ToUnixTimeMilliseconds() });
        return added == 1 ? key : null;
    }

    /// <summary>Who this key speaks for; null for an unknown one.</summary>
    public async Task<Principal?> FindAsync(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length != Prefix.Length + 64)
        {
            return null;
        }
        await using var db = await people.OpenConnectionAsync();
        var row = await db.QuerySingleOrDefaultAsync<(string Tenant, string Role, string Pseudonym)>(
            "SELECT tenant, role, pseudonym FROM api_key WHERE hash = @hash", new { hash = HashOf(key) });
        return row.Tenant is null
            ? null
            : new Principal(TenantId.Parse(row.Tenant), Pseudonym.Parse(row.Pseudonym), Enum.Parse<Role>(row.Role));
    }

    /// <summary>Whom a tenant's key of this name speaks for; null when there is none.</summary>
    public async Task<Principal?> FindByNameAsync(TenantId tenant, string name)
    {
        await using var db = await people.OpenConnectionAsync();
        var row = await db.QuerySingleOrDefaultAsync<(string Role, string Pseudonym)>(
            "SELECT role, pseudonym FROM api_key WHERE tenant = @tenant AND name = @name", new { tenant = tenant.Text, name });
        return row.Role is null ? null : new Principal(tenant, Pseudonym.Parse(row.Pseudonym), Enum.Parse<Role>(row.Role));
    }

    /// <summary>The name of the key that a principal came with; null for the machine's administrator and open loopback.</summary>
    public async Task<string?> NameOfAsync(Principal principal)
    {
        await using var db = await people.OpenConnectionAsync();
        return await db.QuerySingleOrDefaultAsync<string>(
            "SELECT name FROM api_key WHERE tenant = @tenant AND pseudonym = @pseudonym",
            new { tenant = principal.Tenant.Text, pseudonym = principal.Pseudonym.Text });
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
