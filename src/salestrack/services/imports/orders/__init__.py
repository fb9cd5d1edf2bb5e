"""Orders of shops: several rows that are one sale, with its lines and refunds."""
