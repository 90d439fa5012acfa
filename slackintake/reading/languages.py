"""French and Spanish words of the trade as their English ones, for messages written in those languages.

The vocabulary is written once, in English; a message that is French or Spanish enough is read through this glossary.
Short words that mean something else in English ("mi", "des", "pour") are translated only then.
"""

from collections.abc import Iterable

from common.words import word_set

# Words that give a language away: hardly ever written in an English message, two are enough.
MARKERS = {
    "french": word_set("""
        le les des du au aux une est pour avec mes mon ma nous vous il elle qui dans sur sont pas svp c'est
        l'offre merci et la de peux peut pouvez je j'ai faut chez ce cette ont avant demain lundi mardi
        mercredi jeudi vendredi bonjour rue avez qu'on d'un d'une
    """),
    "spanish": word_set("""
        el los las una para con mis mi que en ya se lo por favor es del al la de y porfa hay su sus necesito
        quiero hola gracias viernes lunes martes jueves sabado domingo manana son esta este pueden puedes
    """),
}
SHARED = MARKERS["french"] & MARKERS["spanish"]


def _glossary(text: str) -> dict[str, str]:
    """`english: one two` on each line: those words mean the English one; `_` stands for a space."""
    words: dict[str, str] = {}
    for line in text.strip().splitlines():
        english, _, foreign = line.strip().partition(": ")
        words |= dict.fromkeys(foreign.split(), english)
    return words


GLOSSARY = {
    "french": _glossary("""
        my: mes mon ma
        our: nos notre
        buyer: acheteur acheteuse acquereur
        buyers: acheteurs acquereurs
        seller: vendeur vendeuse
        sellers: vendeurs
        tenant: locataire
        tenants: locataires
        landlord: proprietaire bailleur proprio
        client: client cliente
        clients: clients clientes
        sale: vente
        sell: vendre
        sold: vendu vendue vendus
        purchase: achat d'achat
        bought: achete achetee achetes
        rent: louer loyer
        rented: loue louee
        rental: location sous-location
        lease: bail
        listing: inscription d'inscription fiche fiches mandat
        listings: inscriptions
        list: inscrire
        relist: reinscrire reinscription remis remise_en_vente remettre remet reinscrit
        offer: offre promesse l'offre
        accepted: acceptee accepte acceptees
        signed: signe signee signes
        sign: pancarte pancartes affiche
        deposit: depot acompte
        receipt: recu
        file: dossier
        open: ouvrir ouvrez monter
        process: traiter
        keys: cles cle clefs
        handover: remise
        lawyer: notaire avocat avocate
        invoice: facture facturer
        gift: cadeau panier
        showing: visite visiter
        showings: visites
        photographer: photographe
        ad: annonce
        financing: financement
        release: quittance decharge
        mutual: mutuelle
        conditional: conditionnel conditionnelle
        firm: ferme
        conditions: conditions
        send: envoyer envoie envoyez
        prepare: preparer prepare preparez
        print: imprimer
        put: mettre mets mettez poser
        change: changer modifier
        correct: corriger
        book: reserver planifier
        order: commander
        need: besoin
        please: svp
        agreement: contrat
        closing: cloture
        move: emmenage emmenagent emmenagement demenage
        available: libre disponible dispo
        month: mois
        price: prix
        new: nouveau nouvelle nouvel
        market: marche
        deal: transaction
        broker: courtier
        form: formulaire
        when: quand
        builder: promoteur constructeur
        got: eu obtenu
        for: pour
        and: et
    """),
    "spanish": _glossary("""
        my: mis mi
        our: nuestro nuestra nuestros
        buyer: comprador compradora
        buyers: compradores
        seller: vendedor vendedora
        sellers: vendedores
        tenant: inquilino inquilina arrendatario
        tenants: inquilinos
        landlord: propietario propietaria dueno duena
        client: cliente
        clients: clientes
        sale: venta
        sell: vender
        sold: vendio vendido vendida vendimos
        purchase: compra
        bought: compraron compramos compro
        rent: rentar alquilar
        rented: rentado rentada alquilado alquilada rentamos
        rental: renta alquiler arriendo
        listing: listado inscripcion
        list: listar publicar listen publiquen
        relist: relista relistar relisteo relisten
        offer: oferta
        accepted: aceptada aceptado aceptaron acepto
        signed: firmado firmada firmo firmaron
        sign: letrero cartel
        deposit: deposito
        receipt: recibo
        file: expediente archivo
        open: abrir abran
        process: procesar
        keys: llaves llave
        handover: entrega
        lawyer: abogado abogada notario
        invoice: factura facturar
        gift: regalo canasta
        showing: visita
        showings: visitas citas
        photographer: fotografo
        photos: fotos
        ad: anuncio
        financing: financiamiento prestamo
        release: liberacion rescision cancelacion
        mutual: mutua mutuo
        conditional: condicional
        firm: firme
        send: mandar enviar manden manda
        prepare: preparar preparen
        print: imprimir
        put: poner pongan pon subir suban sube subirlo
        change: cambiar actualizar
        correct: corregir
        book: reservar agendar programar
        order: pedir ordenar
        remove: quitar
        need: necesito necesitamos
        please: porfa porfavor
        contract: contrato
        closing: cierre cierran cierra cerrar
        move: mudan mudanza muda
        available: disponible
        month: mes mensual
        price: precio
        new: nueva nuevo
        market: mercado
        paperwork: papeles papeleo
        return: devolver regresar
        won: ganaron ganamos
        builder: constructora
        for: para
        and: y
        or: o
    """),
}


def language_of(words: Iterable[str]) -> str | None:
    """French or Spanish when the words (folded) clearly are, else None."""
    found = set(words)
    french = len(found & MARKERS["french"])
    spanish = len(found & MARKERS["spanish"])
    own_french = len(found & (MARKERS["french"] - SHARED))
    own_spanish = len(found & (MARKERS["spanish"] - SHARED))
    if own_spanish >= 1 and spanish >= 2 and spanish > french:
        return "spanish"
    if own_french >= 1 and french >= 2:
        return "french"
    return None
